import { allMakes, instruments, type KnownMake, type MakeSource, makeOf } from "@kuishi/tuning";
import { z } from "zod";

/** What a style may say of the kinds of instruments there are, by `kind`. */
function kindsOf(): z.ZodType<MakeSource> {
  const kinds = Map.groupBy(allMakes(), ({ make }) => make.source.kind);
  const one = ([kind, makes]: [string, KnownMake[]]) => {
    const { instrument, make } = makes[0]!;
    const models = makes.flatMap(({ make }) => make.source.model ?? []);
    const settings = Object.entries(instrument.settings).map(([name, setting]) => {
      const usual = make.source[name];
      return "flag" in setting
        ? [name, z.boolean().default(usual as boolean)]
        : [
            name,
            z
              .number()
              .min(setting.range.low)
              .max(setting.range.high)
              .default(usual as number),
          ];
    });
    return z.strictObject({ kind: z.literal(kind), ...(models.length > 0 ? { model: z.enum(models) } : {}), ...Object.fromEntries(settings) });
  };
  return z.discriminatedUnion("kind", [...kinds].map(one) as never) as unknown as z.ZodType<MakeSource>;
}
let built: { readonly count: number; readonly schema: z.ZodType<MakeSource> } | undefined;
/** The schema for the instruments known by now. */
function schemaNow(): z.ZodType<MakeSource> {
  if (built?.count !== instruments.size) built = { count: instruments.size, schema: kindsOf() };
  return built.schema;
}

const Raw = z.looseObject({ kind: z.string() });
/** An instrument of a style: any that `tuning` knows when it is read. */
export const Played = Raw.transform((raw, context): MakeSource => {
  const result = schemaNow().safeParse(raw);
  if (result.success) return result.data;
  for (const issue of result.error.issues) context.issues.push({ ...issue, input: raw } as never);
  return z.NEVER;
});

/** Tells a JSON Schema which instruments there are. */
export function describePlayed({ zodSchema, jsonSchema }: { zodSchema: unknown; jsonSchema: object }): void {
  if (zodSchema !== Raw) return;
  for (const key of Object.keys(jsonSchema)) delete (jsonSchema as Record<string, unknown>)[key];
  const { $schema: _, ...schema } = z.toJSONSchema(schemaNow(), { io: "input" });
  Object.assign(jsonSchema, schema);
}

/** The make that a voice's instrument is; undefined for synthesisers and recordings. */
export const playedBy = (source: { readonly kind: string }): KnownMake | undefined => makeOf(source as MakeSource);
