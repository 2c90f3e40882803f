/** Copies a text, and says so in the button for a moment; where the browser forbids it, selects it in `source`. */
export async function copyText(button: HTMLButtonElement, text: string, source: HTMLElement): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = 'Copied';
    setTimeout(() => {
      button.textContent = 'Copy';
    }, 1500);
  } catch {
    // the browser does not allow it: then the user can press Ctrl-C
    getSelection()?.selectAllChildren(source);
    if (source instanceof HTMLInputElement) source.select();
  }
}
