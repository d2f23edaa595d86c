// Looks at pages on both sizes and in both schemes, and returns every finding as a line. Each size has one page of its
// own that goes from address to address; the scheme is turned over in place, and only colours are judged again then.
import { overflows, picture, violations } from './page.mjs';

const colours = ['color-contrast', 'link-in-text-block'];

async function see(page, { name, url }, size, pictures) {
  const answer = await page.goto(url);
  const found = { light: answer.status() >= 400 ? [`status ${answer.status()}`] : [], dark: [] };
  const take = (scheme) => pictures && picture(page, `${pictures}/${name}-${size}-${scheme}.png`);
  await take('light');
  found.light.push(...(await violations(page)));
  await page.emulateMedia({ colorScheme: 'dark' });
  await take('dark');
  found.dark.push(...(await violations(page, colours)), ...page.faults);
  // Width does not depend on the scheme.
  found.light.push(...(await overflows(page, size === 'phone' ? [320, 390] : [1280])));
  await page.emulateMedia({ colorScheme: 'light' });
  page.faults.length = 0;
  return Object.entries(found).flatMap(([scheme, lines]) => lines.map((line) => `${name} (${size}, ${scheme}): ${line}`));
}

export default async function look({ open, args: { pages, cookies, pictures } }) {
  const lookAtAll = async (size) => {
    // Colours that fade would be judged half-way.
    const page = await open(size, 'light', { cookies: cookies ?? [], reducedMotion: 'reduce' });
    const found = [];
    for (const one of pages) found.push(...(await see(page, one, size, pictures)));
    await page.context().close();
    return found;
  };
  return (await Promise.all(['phone', 'desktop'].map(lookAtAll))).flat();
}
