/** The terms of Consul, each in what it is and what it means in Raftyard. */
export const glossary = {
  explain: 'What does “{{term}}” mean?',
  here: 'Here',
  agent: {
    title: 'Agent',
    text: 'The Consul process that runs on every machine of the cluster. It answers DNS and HTTP for the services beside it, runs their health checks, and works as a server or as a client.',
    here: 'Each node of the picture is one agent, in one container on its host.',
  },
  server: {
    title: 'Server',
    text: 'An agent that keeps the cluster’s state and votes in Raft. Servers answer requests, speak with other datacenters, and elect one leader among themselves. Three or five in each datacenter are usual.',
    here: 'A rounded square on the canvas. Three survive the loss of one.',
  },
  client: {
    title: 'Client',
    text: 'An agent without state of its own: it takes part in LAN gossip, checks what runs beside it, and passes every request on to a server. It needs few resources, and there may be any number.',
    here: 'A circle on the canvas. Its loss costs no votes.',
  },
  'lan-gossip': {
    title: 'LAN gossip',
    text: 'All agents of a datacenter tell each other who is there, in small messages passed from one to the next (port 8301, TCP and UDP). A dead agent is found this way, and nobody needs a list of servers.',
    here: 'The thin lines between servers, with their round-trip time. UDP that is blocked shows as agents that fail and come back every half minute.',
  },
  'wan-gossip': {
    title: 'WAN gossip',
    text: 'The servers of all datacenters form a second pool (port 8302). Through it a request can go to any server of another datacenter, which hands it to its own leader.',
    here: 'The thick dashed lines between datacenters. Two datacenters in one topology are joined this way.',
  },
  raft: {
    title: 'Raft',
    text: 'The protocol by which the servers agree. One of them is elected leader; every write goes through it and counts once more than half of the voters have it in their log.',
    here: 'The crown marks the leader. Log and applied say how far each server has come.',
  },
  'bootstrap-expect': {
    title: 'bootstrap-expect',
    text: 'How many servers must have found each other before the first election. It keeps two halves of a new cluster from electing a leader each. Once there is state, it is not looked at any more.',
    here: 'The flag. In the robust style every server carries the same number; in the classic style only the flagged one does.',
  },
  'retry-join': {
    title: 'retry-join',
    text: 'Addresses that an agent tries again and again until one of them lets it into the gossip pool. One member is enough: the rest is heard of through gossip.',
    here: 'Every node lists servers other than itself, because joining oneself counts as success and ends the tries.',
  },
  advertise: {
    title: 'Advertise address',
    text: 'The IP address that an agent tells the others to reach it at. On a machine with several networks it must be the one that the other members can reach.',
    here: 'Taken from the host’s address where that is an IP address; otherwise you give it.',
  },
  quorum: {
    title: 'Quorum',
    text: 'More than half of the voters: 2 of 3, 3 of 5. With fewer there is no leader, and nothing can be written; reads in stale mode still work.',
    here: 'The datacenter says how many servers may fail before that happens.',
  },
  voter: {
    title: 'Voter',
    text: 'A server that counts in elections and in the majority for writes. A new server first catches up as a non-voter and is promoted after some ten seconds of being stable.',
    here: 'Shown live on each card. Consul 0.5.2 cannot tell, so nothing is claimed there.',
  },
  'raft-multiplier': {
    title: 'Raft multiplier',
    text: 'Stretches the timeouts by which servers notice that the leader is gone. 1 is quickest and meant for production, 5 is Consul’s default for small machines, 10 the most patient.',
    here: 'Goes into each server’s configuration. Too low on slow hosts makes elections for nothing.',
  },
  datacenter: {
    title: 'Datacenter',
    text: 'A group of agents on one fast network, with servers, leader and state of its own. Datacenters know of each other by WAN gossip and do not copy each other’s data.',
    here: 'An area on the canvas. Drop nodes into it.',
  },
  'data-volume': {
    title: 'Data volume',
    text: 'Where a server keeps its Raft log, its snapshots and its node ID. A server that loses it comes back as a stranger, and the old one stays in the list as failed.',
    here: 'A named Docker volume for each node, kept when its container is made anew.',
  },
  dns: {
    title: 'DNS',
    text: 'Every agent answers DNS: web.service.consul gives the addresses of the healthy instances of the service web, node1.node.consul that of a node. Programs need no library for it.',
    here: 'By default it answers on port 8600 of each host’s loopback, where nobody asks. Turned on, containers and hosts are told to ask it.',
  },
  acl: {
    title: 'ACLs',
    text: 'Rules of who may do what. Every request carries a token, and a token has policies; without one hardly anything is allowed. The first token, which may do everything, is made once when ACLs begin.',
    here: 'That management token stays in your keyring or vault. Live view and Consul UI ask with a token that can only read, and every agent has one for itself alone.',
  },
  tls: {
    title: 'TLS between agents',
    text: 'Requests from agents to servers, and Raft between servers, go over TLS. A certificate of the cluster’s own CA says which machine is a server of which datacenter; without one nobody is let in, and nobody can pass for a server.',
    here: 'CA and certificates are made here; the CA’s key never leaves your keyring or vault. Certificates are renewed by an apply, without a restart.',
  },
  'gossip-encryption': {
    title: 'Gossip encryption',
    text: 'Every gossip message is encrypted and authenticated with one key (AES-256). Without it nobody can read the list of members, or join. All agents of all datacenters have the same key.',
    here: 'The key is made here, kept in your keyring or vault, and lies on the hosts where only root can read it.',
  },
};
