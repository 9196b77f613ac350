#!/usr/bin/env node
/** npm run licences: writes docs/licences.md. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { licencesPage, shippedPackages } from './lib/licences.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
writeFileSync(new URL('../docs/licences.md', import.meta.url), licencesPage(root));
console.log(`Wrote docs/licences.md: ${shippedPackages(root).length} packages.`);
