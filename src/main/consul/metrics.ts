/** What an agent measures of itself: https://developer.hashicorp.com/consul/api-docs/agent#view-metrics */
import { z } from 'zod';

const value = z.union([z.number(), z.string().regex(/^-?\d+$/)]).transform(Number);
const labels = z
  .record(z.string(), z.string())
  .nullish()
  .transform((found) => found ?? {});
const gauge = z
  .object({ Name: z.string(), Value: value, Labels: labels })
  .transform((entry) => ({ name: entry.Name, value: entry.Value, labels: entry.Labels }));
/** Of the last interval: how often, and what the values came to. */
const summary = z
  .object({ Name: z.string(), Count: value, Sum: value, Min: value, Max: value, Labels: labels })
  .transform((entry) => ({
    name: entry.Name,
    count: entry.Count,
    sum: entry.Sum,
    min: entry.Min,
    max: entry.Max,
    labels: entry.Labels,
  }));
const list = <S extends z.ZodType>(entry: S) =>
  z
    .array(entry)
    .nullable()
    .transform((found) => found ?? []);

export const metricsAnswer = z
  .object({ Timestamp: z.string(), Gauges: list(gauge), Counters: list(summary), Samples: list(summary) })
  .transform((sample) => ({
    /** As Consul writes it. */
    at: sample.Timestamp,
    gauges: sample.Gauges,
    counters: sample.Counters,
    samples: sample.Samples,
  }));
export type Metrics = z.output<typeof metricsAnswer>;
