import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Studio, leave, openBrowser, until, visit } from "./studio.mjs";
import { knob, paint, promptBox } from "./create.mjs";

let browser, studio, picture;
before(async () => {
  studio = await Studio.start();
  browser = await openBrowser();
  picture = await studio.paint({ prompt: "1girl, smile", width: 128, height: 128, seed: 3 });
});
after(async () => {
  await browser?.close();
  await studio?.stop();
});

test("a folder of pictures is redrawn", async () => {
  const folder = join(studio.folder, "inputs/frames");
  mkdirSync(folder, { recursive: true });
  for (const name of ["a", "b"]) copyFileSync(join(studio.folder, "outputs", picture.file), join(folder, `${name}.png`));
  const page = await visit(browser, studio, { path: "/#/redraw" });
  await page.getByRole("button", { name: "Folder", exact: true }).click();
  await page.getByRole("combobox", { name: "Folder with pictures" }).selectOption({ label: "inputs/frames (2)" });
  await page.getByRole("button", { name: "Seed", exact: true }).click();
  await page.getByRole("textbox", { name: "Folder for the results" }).fill("redrawn");
  await promptBox(page).fill("1girl, frown");
  await knob(page, "Steps").fill("2");
  await knob(page, "Steps").press("Enter");
  await paint(page);
  await until(async () => (await studio.ask("/pictures?text=frown")).total === 2);
  const { pictures } = await studio.ask("/pictures?text=frown");
  assert.deepEqual(pictures.map(({ seed, width }) => [seed, width]), [[3, 128], [3, 128]]);
  assert.deepEqual(readdirSync(join(studio.folder, "outputs/redrawn")).filter((name) => /^[ab]\.png$/.test(name)).length, 2);
  await page.getByRole("group", { name: "Folder inputs/frames" }).getByText(/2 of 2/).waitFor();
  await leave(page, "folder");
});
