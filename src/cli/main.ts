import { buildProgram } from './program.js';
import { explain } from './explain-error.js';

const program = buildProgram(process.env);
try {
  await program.parseAsync(process.argv);
} catch (error) {
  const { lines, status } = explain(error);
  for (const line of lines) process.stderr.write(`${line}\n`);
  process.exitCode = status;
}
