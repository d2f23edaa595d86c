// Looks at pages on both sizes and in both schemes, and returns every finding as a line.
import { overflows, picture, violations } from './page.mjs';

export default async function look({ open, args: { pages, cookies, pictures } }) {
  const found = [];
  for (const { name, url } of pages) {
    for (const size of ['phone', 'desktop']) {
      for (const scheme of ['light', 'dark']) {
        const page = await open(size, scheme, { cookies: cookies ?? [] });
        const answer = await page.goto(url);
        const say = (line) => found.push(`${name} (${size}, ${scheme}): ${line}`);
        if (answer.status() >= 400) say(`status ${answer.status()}`);
        if (pictures) await picture(page, `${pictures}/${name}-${size}-${scheme}.png`);
        for (const line of [...(await violations(page)), ...(await overflows(page)), ...page.faults]) say(line);
        page.faults.length = 0;
        await page.context().close();
      }
    }
  }
  return found;
}
