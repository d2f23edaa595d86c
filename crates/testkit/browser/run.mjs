// node run.mjs STORY.mjs '{"args":…}': runs a story and prints its result as JSON. A story that throws, or that leaves a
// page with faults nobody asked about, ends with status 1 and the reason on standard error.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Browser, axe, fits } from './page.mjs';

const [story, args] = process.argv.slice(2);
const browser = await Browser.launch();
try {
  const { default: tell } = await import(pathToFileURL(path.resolve(story)));
  const open = (size, scheme, options) => browser.open(size, scheme, options);
  const result = await tell({ open, axe, fits, args: JSON.parse(args ?? '{}') });
  browser.assertQuiet();
  process.stdout.write(JSON.stringify(result ?? null));
} catch (error) {
  process.stderr.write(`${error.stack ?? error}\n`);
  process.exitCode = 1;
} finally {
  await browser.close();
}
