import { useTranslation } from 'react-i18next';
import type { Plan } from '../../../shared/plan/types.js';
import { useRun } from '../../stores/run.js';
import { Dot, type Tone } from '../../ui/parts/Dot.js';
import styles from './plan.module.css';
import { StepCard } from './StepCard.js';
import { type Lane, type LaneState, laneState, lanesOf } from './steps.js';

const TONE: Readonly<Record<LaneState, Tone>> = {
  planned: 'muted',
  waiting: 'muted',
  running: 'accent',
  done: 'good',
  failed: 'bad',
  cancelled: 'warn',
};

/** The plan's steps, a lane for each host: what runs on the same host stands below each other. */
export function Lanes({ plan }: { readonly plan: Plan }) {
  return (
    <div className={styles.lanes}>
      {lanesOf(plan).map((lane) => (
        <LaneColumn key={lane.host} lane={lane} />
      ))}
    </div>
  );
}

function LaneColumn({ lane }: { readonly lane: Lane }) {
  const { t } = useTranslation('plan');
  const state = useRun((run) => laneState(lane, run.steps));
  return (
    <section
      className={styles.lane}
      aria-label={lane.host}
      data-testid={`lane-${lane.host}`}
      data-state={state}
    >
      <header className={styles.laneHead}>
        <Dot tone={TONE[state]} />
        <strong>{lane.host}</strong>
        {lane.node !== undefined && <span className={styles.muted}>{lane.node}</span>}
        <span className={styles.laneState}>{t(`lane.${state}`, { count: lane.steps.length })}</span>
      </header>
      <ol className={styles.steps}>
        {lane.steps.map((step, index) => (
          <StepCard key={step.id} step={step} number={index + 1} />
        ))}
      </ol>
    </section>
  );
}
