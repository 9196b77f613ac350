import { common } from './common.js';
import { consulUi } from './consulUi.js';
import { errors } from './errors.js';
import { exports } from './exports.js';
import { findings } from './findings.js';
import { glossary } from './glossary.js';
import { hosts } from './hosts.js';
import { inspector } from './inspector.js';
import { kv } from './kv.js';
import { live } from './live.js';
import { logs } from './logs.js';
import { lookup } from './lookup.js';
import { plan } from './plan.js';
import { services } from './services.js';
import { settings } from './settings.js';
import { topology } from './topology.js';
import { welcome } from './welcome.js';

export const en = {
  common,
  topology,
  inspector,
  glossary,
  hosts,
  findings,
  plan,
  live,
  services,
  kv,
  lookup,
  logs,
  consulUi,
  exports,
  welcome,
  settings,
  errors,
};
