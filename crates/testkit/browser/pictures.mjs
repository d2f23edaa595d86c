// Takes the pictures of the guides from a running demo: node pictures.mjs ADDRESS DIRECTORY
import { chromium } from "playwright-core";
import { flags } from "./page.mjs";

const [address, directory] = process.argv.slice(2);
const people = await (await fetch(`${address}/demo/people`)).json();
const staff = people.practices[0].people;
const therapist = staff.find((person) => person.role === "therapist");
const admin = staff.find((person) => person.role === "admin");

const ask = async (path, body) => {
  const response = await fetch(`${address}${path}`, {
    method: body ? "POST" : "GET",
    headers: { authorization: `Bearer ${therapist.api_token}`, "content-type": "application/json" },
    body: body ? JSON.stringify(body) : undefined,
  });
  return response.json();
};
const now = (await (await fetch(`${address}/demo/clock`)).json()).now;
const next = (await ask(`/api/v1/appointments?state=booked&from=${now}`)).items[0];

const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: flags });
const picture = async (name, width, height, signIn, path) => {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: "light" });
  const page = await context.newPage();
  if (signIn) await page.goto(signIn);
  await page.goto(`${address}${path}`);
  await page.screenshot({ path: `${directory}/${name}.png`, fullPage: true });
  await context.close();
};
await picture("cancel", 1280, 900, therapist.sign_in_url, `/t/appointments/${next.id}/cancel`);
await picture("dashboard", 1280, 900, therapist.sign_in_url, "/t");
await picture("board", 1280, 900, admin.sign_in_url, "/p");
const offer = (await (await fetch(`${address}/demo/outbox?kind=cancellation`)).json()).items
  .filter((letter) => letter.body.includes("held for you"))
  .map((letter) => letter.body.match(/http\S+(\/r\/\S+)/))
  .find((link) => link);
if (offer) await picture("choose", 390, 844, null, offer[1]);
await browser.close();
