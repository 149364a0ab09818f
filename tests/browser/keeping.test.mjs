import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { cpSync } from "node:fs";
import { join } from "node:path";
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

test("a picture's archive is loaded from its page", async () => {
  const page = await visit(browser, studio, { path: `/#/gallery?id=${picture.id}` });
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: /^Zip/ }).click();
  assert.match((await download).suggestedFilename(), /\.zip$/);
  await leave(page, "zip-of-one");
});

test("tags typed one after the other are all kept", async () => {
  const page = await visit(browser, studio, { path: `/#/gallery?id=${picture.id}` });
  const box = page.getByPlaceholder("Add a tag");
  for (const tag of ["cover", "夕焼け", "print"]) {
    await box.fill(tag);
    await box.press("Enter");
  }
  await until(async () => (await studio.ask(`/pictures/${picture.id}`)).tags.length === 3);
  await leave(page, "tags");
});

test("a range and all pictures are selected with the button for that", async () => {
  for (let seed = 4; seed < 7; ++seed) await studio.paint({ prompt: "a row of trees", seed });
  const page = await visit(browser, studio, { path: "/#/gallery" });
  await page.getByRole("button", { name: "Select", exact: true }).first().click();
  await page.getByText("Click the pictures to select.").waitFor();
  const tiles = page.getByRole("button", { name: /^Picture: / });
  await tiles.nth(0).click();
  await tiles.nth(2).click({ modifiers: ["Shift"] });
  await page.getByText("3 selected").waitFor();
  await page.getByRole("button", { name: "All", exact: true }).click();
  await page.getByText("4 selected").waitFor();
  await page.keyboard.press("Escape");
  await page.getByText("4 selected").waitFor({ state: "detached" });
  await tiles.nth(0).click();
  await page.getByRole("link", { name: /^#\d+: show all$/ }).click(); // all that the same job made
  await page.getByText("1 picture", { exact: true }).waitFor();
  await leave(page, "selecting");
});

test("pictures that came without the studio are found by a press, and when it starts", async () => {
  const page = await visit(browser, studio, { path: "/#/gallery" });
  await page.getByText("4 pictures").waitFor();
  const outputs = join(studio.folder, "outputs");
  cpSync(join(outputs, picture.file), join(outputs, "copied.png"));
  await page.getByRole("button", { name: /^Look for new pictures/ }).click();
  await page.getByText("1 new.").waitFor();
  await page.getByText("5 pictures").waitFor();
  cpSync(join(outputs, picture.file), join(outputs, "copied-again.png"));
  await studio.killAndRestart();
  await until(async () => (await studio.ask("/pictures")).total === 6);
  page.complaints.length = 0; // the broken connections, which the browser logs
  await leave(page, "found");
});
