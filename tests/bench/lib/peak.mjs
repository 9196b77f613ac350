/** Loaded into a process before its program: writes the most memory that it had, in KiB, when it ends. */
import { writeFileSync } from 'node:fs';

const file = process.env.RAFTYARD_BENCH_PEAK;
process.on('exit', () => writeFileSync(file, String(process.resourceUsage().maxRSS)));
