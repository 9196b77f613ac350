#!/usr/bin/env node
/** npm run consul-versions: writes docs/consul-versions.md, from the tables as they were built. */
import { writeFileSync } from 'node:fs';
import { versionsPage } from '../dist/shared/consul/versions-page.js';

writeFileSync(new URL('../docs/consul-versions.md', import.meta.url), versionsPage());
console.log('Wrote docs/consul-versions.md.');
