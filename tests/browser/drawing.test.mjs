import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Studio, leave, openBrowser, phone, until, visit } from "./studio.mjs";
import { knob, paint, promptBox } from "./create.mjs";
import { canRedraw, canvas, countPictures, draw, newestPicture, pixelsOf, sendFromGallery } from "./redraw.mjs";

const side = 128;
let browser, studio, picture, isOffered;
before(async () => {
  studio = await Studio.start();
  browser = await openBrowser();
  isOffered = await canRedraw(studio);
  picture = await studio.paint({ prompt: "1girl, smile", width: side, height: side, seed: 3 });
});
after(async () => {
  await browser?.close();
  await studio?.stop();
});

async function openRoom(mode, options) {
  const page = await visit(browser, studio, options);
  await sendFromGallery(page, studio, picture, "Inpaint");
  await page.getByRole("button", { name: mode, exact: true }).click();
  await canvas(page).waitFor();
  await until(async () => (await promptBox(page).inputValue()) === "1girl, smile");
  await knob(page, "Steps").fill("1");
  await knob(page, "Steps").press("Enter");
  return page;
}

const tool = (page, name) => page.getByRole("button", { name: new RegExp(`^${name}( \\(.\\))?$`) });

/** Presses the button and answers with what was sent: the picture's and the mask's pixels. */
async function send(page) {
  const before = await countPictures(studio);
  const asked = page.waitForRequest((request) => request.method() === "POST" && /\/jobs$/.test(request.url()));
  await paint(page);
  const { request } = (await asked).postDataJSON();
  const made = await newestPicture(studio, before);
  const decoded = async (base64) => (base64 ? pixelsOf(page, `data:image/png;base64,${base64}`) : undefined);
  return { request, made, picture: await decoded(request.init_images[0]), mask: await decoded(request.mask) };
}

const at = (pixels, x, y) => pixels.slice((y * side + x) * 4, (y * side + x) * 4 + 3);
const own = (page) => pixelsOf(page, `api/v1/pictures/${picture.id}/file`);

test("a sketch's colours are part of the picture that is sent", async (t) => {
  if (!isOffered) return t.skip("this studio cannot redraw");
  const page = await openRoom("Sketch");
  await page.getByLabel("Colour", { exact: true }).fill("#ff0000");
  await draw(page, [[0.5, 0.3], [0.5, 0.7]]);
  const { picture: sent, mask } = await send(page);
  const was = await own(page);
  assert.equal(mask, undefined);
  assert.deepEqual(at(sent, 64, 64), [255, 0, 0]);
  assert.deepEqual(at(sent, 2, 2), at(was, 2, 2));
  await leave(page, "draw-sketch");
});

test("an inpaint sketch is made anew where it was painted, and only there", async (t) => {
  if (!isOffered) return t.skip("this studio cannot redraw");
  const page = await openRoom("Inpaint sketch");
  await page.getByLabel("Colour", { exact: true }).fill("#00ff00");
  await draw(page, [[0.5, 0.45], [0.5, 0.55]]);
  const { picture: sent, mask, made } = await send(page);
  assert.deepEqual(at(sent, 64, 64), [0, 255, 0]);
  assert.deepEqual(at(mask, 64, 64), [255, 255, 255]);
  assert.deepEqual(at(mask, 4, 4), [0, 0, 0]);
  const is = await pixelsOf(page, `api/v1/pictures/${made.id}/file`);
  assert.deepEqual(at(is, 4, 4), at(await own(page), 4, 4));
  await leave(page, "draw-inpaint-sketch");
});

test("the mosaic leaves whole blocks of one colour", async (t) => {
  if (!isOffered) return t.skip("this studio cannot redraw");
  const page = await openRoom("Sketch");
  await tool(page, "Mosaic").click();
  await page.getByLabel("Block size").fill("8");
  await draw(page, [[0.5, 0.4], [0.5, 0.6]]);
  const { picture: sent } = await send(page);
  const was = await own(page);
  let changed = 0;
  for (let top = 0; top < side; top += 8)
    for (let left = 0; left < side; left += 8) {
      const places = Array.from({ length: 64 }, (_, i) => [left + (i % 8), top + Math.floor(i / 8)]);
      const isUniform = places.every(([x, y]) => `${at(sent, x, y)}` === `${at(sent, left, top)}`);
      const isSame = places.every(([x, y]) => `${at(sent, x, y)}` === `${at(was, x, y)}`);
      assert.ok(isUniform || isSame, `the block at ${left}, ${top} is half a mosaic`);
      changed += isSame ? 0 : 1;
    }
  assert.ok(changed > 3, `${changed} blocks changed`);
  await leave(page, "draw-mosaic");
});

/** A stroke of a pen that is pressed so hard, 0..1. */
async function drawWithPen(page, [from, to], force) {
  const box = await canvas(page).boundingBox();
  const client = await page.context().newCDPSession(page);
  const place = (share) => ({
    x: box.x + (from[0] + (to[0] - from[0]) * share) * box.width,
    y: box.y + (from[1] + (to[1] - from[1]) * share) * box.height,
  });
  const event = (type, share, more) =>
    client.send("Input.dispatchMouseEvent", { type, ...place(share), pointerType: "pen", button: "left", ...more });
  await event("mousePressed", 0, { force, buttons: 1, clickCount: 1 });
  for (const share of [0.2, 0.4, 0.6, 0.8, 1]) await event("mouseMoved", share, { force, buttons: 1 });
  await event("mouseReleased", 1, { buttons: 0 });
}

test("a pen that is pressed harder draws a wider line", async (t) => {
  if (!isOffered) return t.skip("this studio cannot redraw");
  const page = await openRoom("Inpaint");
  await page.waitForTimeout(200); // the picture is fitted to the room first
  await drawWithPen(page, [[0.4, 0.3], [0.4, 0.7]], 0.1);
  await drawWithPen(page, [[0.6, 0.3], [0.6, 0.7]], 1);
  const { mask } = await send(page);
  const row = Array.from({ length: side }, (_, x) => at(mask, x, 64)[0] > 127);
  const [light, firm] = [row.slice(0, 64), row.slice(64)].map((half) => half.filter(Boolean).length);
  assert.ok(light > 0, "the light line left nothing");
  assert.ok(firm > 2 * light, `${light} and ${firm} pixels wide`);
  await leave(page, "draw-pen");
});

test("one finger draws, two fingers scale, a tap of two takes back", async (t) => {
  if (!isOffered) return t.skip("this studio cannot redraw");
  const page = await openRoom("Inpaint", { viewport: phone });
  await canvas(page).scrollIntoViewIfNeeded();
  await page.waitForTimeout(200);
  const client = await page.context().newCDPSession(page);
  const box = await canvas(page).boundingBox();
  const fingers = (places) =>
    places.map(([x, y], id) => ({ x: box.x + x * box.width, y: box.y + y * box.height, id }));
  const touch = (type, places) => client.send("Input.dispatchTouchEvent", { type, touchPoints: fingers(places) });
  const undo = page.getByRole("button", { name: "Undo (Ctrl+Z)" });
  const seen = () => canvas(page).evaluate((element) => element.toDataURL());
  const percent = () => page.getByRole("button", { name: /^\d+%$/ }).innerText();

  const bare = await seen();
  await touch("touchStart", [[0.4, 0.4]]);
  for (const y of [0.45, 0.5, 0.55, 0.6]) await touch("touchMove", [[0.4, y]]);
  await touch("touchEnd", []);
  await until(async () => (await seen()) !== bare);
  assert.ok(await undo.isEnabled());

  await touch("touchStart", [[0.45, 0.5], [0.55, 0.5]]);
  await touch("touchEnd", []);
  await until(async () => (await seen()) === bare);

  const before = parseInt(await percent());
  await touch("touchStart", [[0.4, 0.5], [0.6, 0.5]]);
  for (const by of [0.05, 0.1, 0.15, 0.2]) await touch("touchMove", [[0.4 - by, 0.5], [0.6 + by, 0.5]]);
  await touch("touchEnd", []);
  await until(async () => parseInt(await percent()) > 1.5 * before);
  await leave(page, "draw-touch");
});
