/** JSON with integers of 64 bits, as Go writes them. */
import { z } from 'zod';

/** Strings are passed over; in a number with a fraction or an exponent no bits are to be kept. */
const STRING_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const LONG = /\d{16}/;

/**
 * Reads JSON; an integer that a number of JavaScript cannot hold becomes its digits, as text.
 * @throws SyntaxError
 */
export function parseJson(body: string): unknown {
  if (!LONG.test(body)) return JSON.parse(body);
  return JSON.parse(
    body.replace(STRING_OR_NUMBER, (token) =>
      /^-?\d+$/.test(token) && !Number.isSafeInteger(Number(token)) ? `"${token}"` : token,
    ),
  );
}

/** An integer without a sign, as its digits. */
export const integers = z
  .union([z.number().int().nonnegative(), z.string().regex(/^\d{1,20}$/)])
  .transform((value) => String(value));
