// The room Create, by what a person sees there (in English).

export const promptBox = (page) => page.getByRole("textbox", { name: "Prompt", exact: true });
export const knob = (page, name) => page.getByRole("spinbutton", { name, exact: true });
export const resultPictures = (page) => page.getByRole("button", { name: /^Picture: / });
export const queueRows = (page, prompt) => page.getByRole("group", { name: prompt, exact: true });

/** Sizes and steps for which a test need not wait long. */
export async function setSmall(page, { steps = 2, side = 64 } = {}) {
  for (const [name, value] of [["Steps", steps], ["Width", side], ["Height", side]]) {
    await knob(page, name).fill(String(value));
    await knob(page, name).press("Enter");
  }
}

export const paint = (page) => page.getByRole("button", { name: /^(Generate|Add to queue)$/ }).click();

/** Opens the panel beside the picture, "Adapters" or "Queue". */
export async function showPanel(page, name) {
  const tab = page.getByRole("tab", { name });
  if (!(await tab.isVisible())) await page.getByRole("button", { name, exact: true }).click();
  await tab.click();
}
