// The client opens the link of the message on a phone and can wait.
export default async function answer({ open, args: { link } }) {
  const page = await open('phone');
  await page.goto(link);
  await page.getByRole('button', { name: 'I can wait' }).click();
  await page.getByRole('heading', { name: 'knows that you can wait' }).waitFor();
  return { shown: await page.getByRole('main').innerText() };
}
