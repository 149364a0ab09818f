import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Studio, leave, openBrowser, until, visit } from "./studio.mjs";
import { knob } from "./create.mjs";

let browser, studio, picture;
before(async () => {
  studio = await Studio.start();
  browser = await openBrowser();
  picture = await studio.paint({ prompt: "1girl, smile", width: 128, height: 128, seed: 3, keep_film: true });
});
after(async () => {
  await browser?.close();
  await studio?.stop();
});

test("a picture is verified on its page, which keeps the answer", async () => {
  const page = await visit(browser, studio, { path: `/#/gallery?id=${picture.id}` });
  await page.getByRole("button", { name: "Verify", exact: true }).click();
  await page.getByText("The same, to the last bit.").waitFor();
  await page.reload();
  await page.getByText("The same, to the last bit.").waitFor();
  await leave(page, "verified");
});

test("the film of a picture's making is played as fast as wished", async () => {
  const page = await visit(browser, studio, { path: `/#/gallery?id=${picture.id}` });
  await page.getByRole("button", { name: "Play", exact: true }).click();
  const film = page.getByRole("img", { name: "Film of the making" });
  await until(async () => (await film.evaluate((image) => image.naturalWidth)) > 0);
  const before = await film.getAttribute("src");
  await knob(page, "Steps a second").fill("20");
  await knob(page, "Steps a second").press("Enter");
  await until(async () => (await film.getAttribute("src")) !== before);
  await until(async () => film.evaluate((image) => image.complete && image.naturalWidth > 0));
  await leave(page, "film");
});
