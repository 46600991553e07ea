import { AppError } from '@metergate/core';
import { CommanderError } from 'commander';
import { openContext } from './context.ts';
import { readEnvironment } from './env.ts';
import { type Outcome, UsageProblem } from './outcome.ts';
import { createProgram } from './program.ts';

export interface CliIo {
  env: NodeJS.ProcessEnv;
  out: (line: string) => void;
  error: (line: string) => void;
}

/** Runs one command. 0 = done, 1 = failed or found something wrong, 2 = wrong use. */
export async function runCli(args: readonly string[], io: CliIo): Promise<number> {
  let exitCode = 0;
  const program = createProgram(async (work, isJson) => {
    const context = await openContext(readEnvironment(io.env));
    try {
      exitCode = print(await work(context), { io, isJson });
    } finally {
      await context.close();
    }
  });
  const output = {
    writeOut: (text: string) => io.out(text.trimEnd()),
    writeErr: (text: string) => io.error(text.trimEnd()),
  };
  for (const command of [program, ...program.commands.flatMap((one) => [one, ...one.commands])]) {
    command.exitOverride().configureOutput(output);
  }
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    return tellFailure(error, io);
  }
}

function print(outcome: Outcome, { io, isJson }: { io: CliIo; isJson: boolean }): number {
  if (isJson) io.out(JSON.stringify(outcome.json, null, 2));
  else for (const line of outcome.lines) io.out(line);
  return outcome.exitCode ?? 0;
}

function tellFailure(error: unknown, io: CliIo): number {
  // Commander has printed its own problem, or the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof UsageProblem) {
    io.error(error.message);
    return 2;
  }
  if (error instanceof AppError) io.error(`${error.userMessage} (${error.code})`);
  else io.error(error instanceof Error ? error.message : String(error));
  return 1;
}
