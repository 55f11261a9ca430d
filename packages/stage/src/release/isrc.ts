/**
 * An International Standard Recording Code (ISO 3901:2019) as it is stored: two letters, three letters or digits, two digits of the year
 * and five of the recording, without hyphens. Codes are given by registrants and never made up here.
 * @returns undefined where it is none.
 * @example
 * readIsrc("kz-a1b-26-00001"); // => "KZA1B2600001"
 * readIsrc("KZ-A1B-26-1"); // => undefined
 */
export function readIsrc(text: string): string | undefined {
  const plain = text.replaceAll(/[\s-]/g, "").toUpperCase();
  return /^[A-Z]{2}[A-Z0-9]{3}\d{7}$/.test(plain) ? plain : undefined;
}
