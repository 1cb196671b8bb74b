/** Texts as CSV: quoted where that is needed, and never a formula to the spreadsheet that opens it. */

export const csvCell = (text: string): string => {
  const safe = /^[=+\-@\t\r]/.test(text) && !/^-?[\d.]+$/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) || safe !== text ? `"${safe.replaceAll('"', '""')}"` : safe;
};

export const csvRow = (cells: (string | number)[]): string =>
  cells.map((cell) => csvCell(String(cell))).join(',');
