import { explain } from './explain-error.js';
import { buildProgram } from './program.js';

// 128 + SIGINT, as shells say it; a cluster goes on without its watcher.
process.once('SIGINT', () => process.exit(130));
// `coe … | head`: the reader has gone, and that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

try {
  await buildProgram(process.env).parseAsync(process.argv);
} catch (error) {
  const { lines, status } = explain(error);
  for (const line of lines) process.stderr.write(`${line}\n`);
  process.exitCode = status;
}
