import { securedInTurn } from './orders.js';

securedInTurn(['gossip', 'tls', 'acl']);
