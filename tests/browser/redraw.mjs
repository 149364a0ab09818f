// The rooms that begin with a picture, by what a person sees there (in English).
import assert from "node:assert/strict";

export const canvas = (page) => page.getByRole("application", { name: "Picture to draw on" });

/** Whether the studio can redraw pictures; the room is not shown otherwise. */
export const canRedraw = async (studio) =>
  (await studio.ask("/fields")).fields.some((field) => field.name === "inpainting_fill");

/** Draws on the canvas through places from 0 to 1 of its width and height. */
export async function draw(page, places) {
  const box = await canvas(page).boundingBox();
  const [first, ...others] = places.map(([x, y]) => [box.x + x * box.width, box.y + y * box.height]);
  await page.mouse.move(...first);
  await page.mouse.down();
  for (const place of others) await page.mouse.move(...place, { steps: 6 });
  await page.mouse.up();
}

/** Opens a picture of the gallery's large view and sends it on. */
export async function sendFromGallery(page, studio, picture, to) {
  await page.goto(`${studio.address}/#/gallery?id=${picture.id}`);
  await page.getByRole("button", { name: new RegExp(`^${to} \\(`) }).click();
}

/** Waits for the job that was sent last and answers with its picture's row. */
export async function newestPicture(studio, before) {
  for (const deadline = Date.now() + 120_000; Date.now() < deadline; ) {
    const { jobs } = await studio.ask("/jobs?state=failed");
    assert.deepEqual(jobs.map((job) => job.error), []);
    const { pictures, total } = await studio.ask("/pictures?order=newest&limit=1");
    if (total > before) return pictures[0];
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return assert.fail("no picture came");
}

export const countPictures = async (studio) => (await studio.ask("/pictures?limit=1")).total;

/** The pixels of a picture at an address, as [red, green, blue, alpha, ...], read by the page. */
export const pixelsOf = (page, address) =>
  page.evaluate(async (address) => {
    const base64 = address.startsWith("data:") ? atob(address.slice(address.indexOf(",") + 1)) : undefined;
    const bytes = base64 && Uint8Array.from(base64, (letter) => letter.charCodeAt(0));
    const file = bytes ? new Blob([bytes]) : await (await fetch(address)).blob(); // data: may not be fetched there
    const bitmap = await createImageBitmap(file);
    const surface = new OffscreenCanvas(bitmap.width, bitmap.height);
    const context = surface.getContext("2d");
    context.drawImage(bitmap, 0, 0);
    return [...context.getImageData(0, 0, bitmap.width, bitmap.height).data];
  }, address);

export const pixels = (page, picture) => pixelsOf(page, `api/v1/pictures/${picture.id}/file`);
