// Before anything is drawn: light or dark, as was chosen here or as the system has it.
(() => {
  let chosen = "auto";
  try {
    chosen = localStorage.getItem("treadle-colours") ?? "auto";
  } catch {
    // Storage may be forbidden.
  }
  const dark = chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
})();
