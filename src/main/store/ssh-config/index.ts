export { type Evaluated, evaluate, expandTokens } from './evaluate.js';
export { readSshConfig, type SshConfigRead } from './list.js';
export { type Block, readBlocks, sshConfigFiles } from './read.js';
