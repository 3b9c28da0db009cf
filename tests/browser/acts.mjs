/* What a person does on a page before it is looked at; for the `before` of the tables. */

/* Clicks links and buttons one after another, each on the page that the last one led to. */
export function follow(...selectors) {
  return async (page) => {
    for (const selector of selectors) {
      await Promise.all([page.waitForNavigation({ waitUntil: "load" }), page.click(selector)]);
    }
    await page.waitForSelector("h1");
  };
}

/* Sends the form as it stands: something in it must be marked as wrong. */
export async function wrongly(page) {
  await page.click('main form[method="post"] button[type="submit"]');
  await page.waitForSelector('[aria-invalid="true"]');
}

/* "24-11-2026", so many days from today. */
export function dated(days) {
  const day = new Date(Date.now() + days * 86400000);
  return [day.getDate(), day.getMonth() + 1, day.getFullYear()].map((n) => String(n).padStart(2, "0")).join("-");
}
