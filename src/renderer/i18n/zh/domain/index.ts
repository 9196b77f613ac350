/**
 * Sentences of main and of the domain, which speak English to command line, logs and journal, in Chinese.
 * `{}` stands for what differs; `{0}`, `{1}` … put it into the translation. What fits several is said by the
 * one with the most words of its own (lib/say.ts).
 */
import { dns } from './dns.js';
import { lookups } from './lookups.js';
import { plans } from './plans.js';
import { rest } from './rest.js';
import { runs } from './runs.js';
import { secrets } from './secrets.js';
import { services } from './services.js';
import type { Sentences } from './types.js';

export const domain: Sentences = [...lookups, ...plans, ...runs, ...secrets, ...services, ...dns, ...rest];
