/** What components need to know of one interaction, found once. */
import { useMemo } from 'react'
import type { Interaction } from '../api/shapes'
import { useDeskPart } from '../state/use'
import { people, type Person } from './people'

export interface Seen {
  found: readonly Person[]
  ownerName: string
  queueName: string
  consultQueueName: string
}

export function useInteraction(interaction: Interaction): Seen {
  const viewer = useDeskPart(({ state }) => state.me?.agent ?? '')
  const since = useDeskPart(({ state }) => state.since[interaction.id])
  const queues = useDeskPart(({ state }) => state.queues)
  return useMemo(() => {
    const queueName = (id: string) => queues[id]?.name ?? id
    const found = people(interaction, viewer, since, queueName)
    const owner =
      interaction.agents.find((party) => party.agent !== null && party.agent === interaction.owner) ??
      interaction.agents.find((party) => party.role === 'agent1')
    const consult = interaction.consult
    return {
      found,
      ownerName: owner?.name ?? '',
      queueName: interaction.queue === null ? '' : queueName(interaction.queue),
      consultQueueName: consult === null ? '' : consult.name || queueName(consult.id ?? ''),
    }
  }, [interaction, viewer, since, queues])
}
