// Runs before the first paint, so that a chosen theme or language does not flash through the other one.
(function () {
  try {
    var theme = JSON.parse(localStorage.getItem('fude.theme') || 'null');
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
    var language = JSON.parse(localStorage.getItem('fude.language') || 'null');
    document.documentElement.lang = language || (/^ja/i.test(navigator.language) ? 'ja' : 'en');
  } catch {
    // A browser that keeps nothing starts with its own settings.
  }
})();
