// Looks at pages on both sizes and in both schemes, and returns every finding as a line.
import { overflows, picture, violations } from './page.mjs';

async function lookAt({ name, url }, size, scheme, { open, args: { cookies, pictures } }) {
  const page = await open(size, scheme, { cookies: cookies ?? [] });
  const answer = await page.goto(url);
  const found = answer.status() >= 400 ? [`status ${answer.status()}`] : [];
  if (pictures) await picture(page, `${pictures}/${name}-${size}-${scheme}.png`);
  found.push(...(await violations(page)), ...page.faults);
  // Width does not depend on the scheme.
  if (scheme === 'light') found.push(...(await overflows(page)));
  page.faults.length = 0;
  await page.context().close();
  return found.map((line) => `${name} (${size}, ${scheme}): ${line}`);
}

export default async function look(story) {
  const found = [];
  for (const page of story.args.pages) {
    const sights = ['light', 'dark'].flatMap((scheme) => ['phone', 'desktop'].map((size) => lookAt(page, size, scheme, story)));
    found.push(...(await Promise.all(sights)).flat());
  }
  return found;
}
