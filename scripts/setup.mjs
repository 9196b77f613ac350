#!/usr/bin/env node
/** npm run setup: makes a fresh clone ready to use. Safe to run again. */
import { main } from './lib/run.mjs';
import { setUp } from './lib/setup.mjs';

await main(setUp);
