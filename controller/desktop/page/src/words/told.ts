/**
 * The server's own sentences in French. The server speaks English; a sentence that is not here is shown as it came.
 *
 * `{x}` stands for whatever is there: a name, a number. The same letter stands for it in the French.
 */
import { regionName, type Language } from './words'

export const IN_FRENCH: Readonly<Record<string, string>> = {
  // The role table
  'the customer': 'le client',
  'Your telephone is on hold: release its own hold key first.': 'Votre téléphone est mis en attente par sa propre touche : relâchez-la d’abord.',
  'Nobody in {x} is free yet.': 'Personne n’est encore libre dans la file {x}.',
  '{x} has not answered yet.': '{x} n’a pas encore répondu.',
  '{x} has answered: end the consult instead.': '{x} a répondu : terminez plutôt la consultation.',
  'You have answered already.': 'Vous avez déjà répondu.',
  'You have not answered yet: decline instead.': 'Vous n’avez pas encore répondu : refusez plutôt.',
  'Your telephone still rings.': 'Votre téléphone sonne encore.',
  'The conference is full: it has {x} parties at most.': 'La conférence est complète : {x} personnes au plus.',
  "Your telephone can't be answered from here: pick it up.": 'On ne peut pas répondre d’ici : décrochez le combiné.',
  'Your telephone has been told to answer.': 'Votre téléphone est en train de répondre.',
  'You are muted already.': 'Votre micro est déjà coupé.',
  'You are not muted.': 'Votre micro n’est pas coupé.',
  'The customer has gone.': 'Le client n’est plus là.',
  'There is nobody else on the call: say to whom, or consult a colleague first.':
    'Il n’y a personne d’autre dans l’appel : dites à qui, ou consultez d’abord quelqu’un.',
  'There is nobody else on the call: consult a colleague first.': 'Il n’y a personne d’autre dans l’appel : consultez d’abord quelqu’un.',
  '{x} is on the call: transfer without saying to whom, or be alone with the customer first.':
    '{x} est dans l’appel : transférez sans choisir à qui, ou restez d’abord seul avec le client.',
  'The owner of an interaction never does this.': 'Le responsable de l’appel ne fait jamais cela.',
  'Only the agent who owns the interaction may do this.': 'Seul le responsable de l’appel peut le faire.',
  'You are not on this call.': 'Vous n’êtes pas dans cet appel.',
  'You have handed this interaction over.': 'Vous avez transféré cet appel.',
  'The customer still waits for an agent.': 'Le client attend encore un agent.',
  'The call has not been answered yet.': 'Personne n’a encore décroché.',
  'You are talking with the customer and nobody else is on the call.':
    'Vous parlez avec le client et il n’y a personne d’autre dans l’appel.',
  'The customer is on hold: resume first.': 'Le client est en attente : reprenez-le d’abord.',
  'Your consult still rings.': 'Votre consultation sonne encore.',
  'Your consult has not been answered yet.': 'Personne n’a encore répondu à votre consultation.',
  'You are in a consult.': 'Vous êtes en consultation.',
  'The customer is on the line and your consult waits.': 'Vous parlez déjà avec le client, et votre consultation attend.',
  'The customer has been handed over.': 'Le client a été transféré.',
  'You are in a conference.': 'Vous êtes en conférence.',
  'The customer is being transferred.': 'Le client est en cours de transfert.',
  'The customer talks with somebody outside.': 'Le client parle avec quelqu’un à l’extérieur.',
  'The interaction has ended.': 'L’appel est terminé.',
  'The interaction has not ended yet.': 'L’appel n’est pas encore terminé.',
  'You are already consulting {x}.': 'Vous consultez déjà {x}.',
  'The customer is on hold already.': 'Le client est déjà en attente.',
  'You are consulting {x}: end the consult first.': 'Vous consultez {x} : terminez d’abord la consultation.',
  'You owe no wrap-up reason for this interaction.': 'Aucun motif n’est attendu pour cet appel.',
  'This site gives no more time for a wrap-up.': 'Ce site ne donne pas plus de temps pour le post-appel.',
  'You have been given more time already.': 'Vous avez déjà reçu plus de temps.',
  'The interaction has changed since you looked: look again.': 'L’appel venait de changer : regardez et recommencez s’il le faut.',
  // What just happened
  '{x} has been cut off.': 'La liaison avec {x} a été coupée.',
  '{x} has left.': '{x} a quitté l’appel.',
  '{x} declined.': '{x} a refusé.',
  '{x} did not answer.': '{x} n’a pas répondu.',
  '{x} is busy.': '{x} est en communication.',
  '{x} could not be reached.': 'On n’a pas pu joindre {x}.',
  "{x}'s telephone forwards its calls, and forwarding is not followed.":
    'Le téléphone appelé ({x}) renvoie ses appels, et les renvois ne sont pas suivis.',
  "{x}'s telephone and Asterisk have no audio codec in common.": 'Le téléphone appelé ({x}) et Asterisk n’ont aucun codec audio en commun.',
  '{x}: the number is not in service.': '{x} : ce numéro n’est pas en service.',
  '{x} could not be called: the network has no free line, or failed. Try again in a moment.':
    'On n’a pas pu appeler {x} : le réseau est saturé ou en panne. Recommencez dans un instant.',
  '{x} could not be called: the trunk to outside does not answer.': 'On n’a pas pu appeler {x} : la ligne vers l’extérieur ne répond pas.',
  '{x} has answered and waits for you.': '{x} a répondu et vous attend.',
  'Nobody in {x} was free in time.': 'Personne n’a été libre à temps dans la file {x}.',
  '{x} could not be rung: the network or Asterisk failed, not {y}. Try again in a moment.':
    'On n’a pas pu appeler {x} : panne du réseau ou d’Asterisk, {y} n’y est pour rien. Recommencez dans un instant.',
  '{x} could not be rung: the network or Asterisk failed. The customer is offered again.':
    'On n’a pas pu appeler {x} : panne du réseau ou d’Asterisk. Le client est proposé de nouveau.',
  '{x} could not be rung: the telephone is not connected. The customer is offered again.':
    'On n’a pas pu appeler {x} : son téléphone n’est pas connecté. Le client est proposé de nouveau.',
  '{x} The customer comes back to you.': '{x} Le client vous revient.',
  'The customer has hung up.': 'Le client a raccroché.',
  'The customer has been on hold for {x}.': 'Le client est en attente depuis {x}.',
  'Your own telephone was not answered.': 'Votre propre téléphone n’a pas été décroché.',
  "Asterisk can't connect {x} just now; trying again.": 'Asterisk ne peut pas mettre {x} en communication pour le moment ; nouvel essai.',
  "Asterisk can't put {x} on hold just now; trying again.": 'Asterisk ne peut pas mettre {x} en attente pour le moment ; nouvel essai.',
  "Asterisk can't ring {x} just now; trying again.": 'Asterisk ne peut pas faire sonner {x} pour le moment ; nouvel essai.',
  // Whom one can't reach
  'This is you.': 'C’est vous.',
  'This is you: choose somebody else.': 'C’est vous : choisissez quelqu’un d’autre.',
  '{x} is on a call.': '{x} est en appel.',
  '{x} is being called.': 'Un appel sonne chez {x}.',
  '{x} is wrapping up a call.': '{x} est en post-appel.',
  '{x} is idle.': '{x} ne prend pas d’appels.',
  '{x} is not logged in.': '{x} est hors ligne.',
  "{x} can't be rung now: the telephone is not connected.": '{x} ne peut pas être appelé : son téléphone n’est pas connecté.',
  "{x} can't be rung now: the telephone is in another call.": '{x} ne peut pas être appelé : son téléphone est déjà en communication.',
  '{x} is not answering the telephone.': '{x} ne répond pas.',
  'Nobody serves {x}.': 'Aucun agent n’est affecté à la file {x}.',
  'Nobody but you serves {x}.': 'Vous êtes le seul agent affecté à la file {x}.',
  'Nobody else who serves {x} is logged in.': 'Aucun autre agent de la file {x} n’est connecté.',
  'This site has no trunk by which calls to outside leave.': 'Ce site n’a pas de ligne vers l’extérieur.',
  "Asterisk can't be reached now: calls that are up go on. Try again in a moment.":
    'Asterisk ne répond pas : les appels en cours continuent. Recommencez dans un instant.',
  "Asterisk can't be reached now; nothing was done. Calls that are up go on; try again in a moment.":
    'Asterisk ne répond pas ; rien n’a été fait. Les appels en cours continuent ; recommencez dans un instant.',
  'The people of {x} have not been fetched yet.': '{x} : la liste des personnes n’a pas encore été chargée.',
  'The people of {x} could not be fetched: {y}.': '{x} : la liste des personnes n’a pas pu être chargée : {y}.',
  'The people of {x} could not be fetched again, and the list is {y} minutes old: {z}.':
    '{x} : la liste des personnes n’a pas pu être rechargée et date de {y} min : {z}.',
  'The list of {x} is {y} minutes old.': '{x} : la liste des personnes date de {y} min.',
  'The people of {x} are being fetched: the list is of before a restart, {y} minutes ago.':
    '{x} : chargement en cours ; la liste date d’avant un redémarrage, il y a {y} min.',
  'The list of {x} has become much shorter: {y} people, now {z}.':
    '{x} : la liste est devenue bien plus courte : {y} personnes, maintenant {z}.',
  'The presence of the people of {x} is not known at the moment: {y}.':
    '{x} : la présence des personnes est inconnue pour le moment : {y}.',
  // What a queue has to offer, and why an agent is idle
  '{x} free, nobody waits': 'agents libres : {x}, personne n’attend',
  '{x} free, {y} waiting, the longest for {z}': 'agents libres : {x}, dans la file : {y}, attente la plus longue : {z}',
  'declined a call': 'appel refusé',
  // What the page asked for is not there any more, or can't be done now
  'There is no such interaction, or it is not yours.': 'Cet appel n’existe plus, ou n’est pas le vôtre.',
  'There is no such interaction, or it is not yours to see.': 'Cet appel n’existe plus, ou ne vous concerne pas.',
  'Nothing is recorded of this interaction: it is too old, or the disk was full.':
    'Rien n’est enregistré de cet appel : il est trop ancien, ou le disque était plein.',
  'There is no agent {x}.': 'Il n’y a pas d’agent {x}.',
  'There is no queue {x}.': 'Il n’y a pas de file {x}.',
  'There is no entry point {x}.': 'Il n’y a pas de point d’entrée {x}.',
  'There is no action {x}; there are: {y}.': 'Il n’y a pas d’action {x} ; il y a : {y}.',
  'There is no agent {x}; there are: {y}.': 'Il n’y a pas d’agent {x} ; il y a : {y}.',
  'There is no queue {x}; there are: {y}.': 'Il n’y a pas de file {x} ; il y a : {y}.',
  'There is no entry point {x}; there are: {y}.': 'Il n’y a pas de point d’entrée {x} ; il y a : {y}.',
  'those whom the directory lists': 'ceux que montre la liste',
  'There is no wrap-up reason {x}; there are: {y}.': 'Il n’y a pas de motif {x} ; il y a : {y}.',
  'There is no idle reason {x}; there are: {y}.': 'Il n’y a pas de motif d’inactivité {x} ; il y a : {y}.',
  'There is no such code.': 'Ce code n’existe pas.',
  'The code was not finished in time.': 'Le code n’a pas été terminé à temps.',
  "Only our agents' telephones transfer calls.": 'Seuls les téléphones de nos agents transfèrent des appels.',
  'Your telephone named a call that is not yours.': 'Votre téléphone a désigné un appel qui n’est pas le vôtre.',
  "The telephone {x} is no agent's.": 'Le téléphone {x} n’est à aucun agent.',
  "{x} can't be dialled.": '{x} ne peut pas être composé.',
  'You are in no call on the telephone in your browser.': 'Vous n’êtes dans aucun appel sur le téléphone de cette page.',
  "Asterisk can't be reached now; nothing was done. Try again in a moment.":
    'Asterisk ne répond pas ; rien n’a été fait. Recommencez dans un instant.',
  'There is nobody {x} in the organisation, or nobody any more: search for them again in the directory.':
    'Il n’y a personne sous {x} dans l’organisation, ou plus personne : cherchez de nouveau.',
  '{x} uses Microsoft Teams, and single sign-on is not on for it: ask your administrator.':
    '{x} utilise Microsoft Teams, et l’authentification unique n’est pas activée : demandez à votre administrateur.',
  'Only a supervisor sees all agents, and changes what they are.': 'Seul un superviseur voit tous les agents et change leur état.',
  'More than {x} requests a second: ask less often.': 'Plus de {x} demandes par seconde : demandez moins souvent.',
  'The controller made a mistake. Tell your administrator this reference: {x}.':
    'Le serveur a rencontré une erreur. Donnez cette référence à votre administrateur : {x}.',
  'There is nobody with this leg in the conference.': 'Cette personne n’est pas, ou plus, dans la conférence.',
  'Digits are 1 to {x} of 0-9, *, # and A-D.': 'Les touches sont 0-9, *, # et A-D, de 1 à {x} à la fois.',
  // What a telephone's keys asked for
  'You are not logged in: log in first.': 'Vous n’êtes pas connecté : connectez-vous d’abord.',
  'You owe no wrap-up reason.': 'Aucun motif n’est attendu.',
  'You are on no call.': 'Vous n’êtes dans aucun appel.',
  'No reason has the digit {x}: there are {y}.': 'Aucun motif n’a le chiffre {x} : il y en a {y}.',
  // Logging in, and the telephone of the page
  'The agent or the password is wrong.': 'L’identifiant ou le mot de passe est incorrect.',
  'Too many people are logged in: try again later.': 'Trop de personnes sont connectées : recommencez plus tard.',
  "Your site gives you no telephone in the browser: log in without choosing one, or with the desk's.":
    'Ce site ne vous donne pas de téléphone dans la page : connectez-vous avec le poste fixe.',
  'Too many telephones are open in browsers: try again later.': 'Trop de téléphones sont ouverts dans des pages : recommencez plus tard.',
  'Your telephone is being opened in too many windows at once: try again in a moment.':
    'Votre téléphone est ouvert dans trop de fenêtres à la fois : recommencez dans un instant.',
  "You are not logged in: the controller can't store your login. Try again in a moment, and tell your administrator: {x}":
    'Vous n’êtes pas connecté : le serveur ne peut pas enregistrer votre connexion. Recommencez dans un instant et prévenez votre administrateur : {x}',
  // Trouble of the server itself
  "It was done, but a crash of the controller would undo it. Don't repeat it; tell your administrator: {x}":
    'C’est fait, mais un arrêt brutal du serveur l’annulerait. Ne recommencez pas et prévenez votre administrateur : {x}',
  'The controller is overloaded; nothing was done. Try again in a moment.':
    'Le serveur est surchargé ; rien n’a été fait. Recommencez dans un instant.',
  'This session is over, or never was: log in again.': 'Votre session est terminée : connectez-vous de nouveau.',
  // Another password
  'The new password is too short: take at least {x} characters, for example three words.':
    'Le nouveau mot de passe est trop court : prenez au moins {x} caractères, par exemple trois mots.',
  'The new password is made of your own name, id or telephone: take words that have nothing to do with you.':
    'Le nouveau mot de passe est fait de votre nom, de votre identifiant ou de votre téléphone : prenez des mots sans rapport avec vous.',
  'The new password is one that others try first: take words that nobody would expect together.':
    'Le nouveau mot de passe est de ceux qu’on essaie en premier : prenez des mots que personne n’attendrait ensemble.',
  'The old password is wrong: nothing has changed.': 'L’ancien mot de passe est incorrect : rien n’a changé.',
  'The new password is the old one: take another.': 'Le nouveau mot de passe est l’ancien : prenez-en un autre.',
  "Your password is as it was: the controller can't keep another one ({x}). Tell your administrator.":
    'Votre mot de passe est inchangé : le serveur ne peut pas en garder un autre ({x}). Prévenez votre administrateur.',
  'Passwords are given by your administrator here: ask them for another one.':
    'Ici, c’est votre administrateur qui donne les mots de passe : demandez-lui-en un autre.',
  // Calls to outside
  'You may not call out: ask your administrator.': 'Vous ne pouvez pas appeler l’extérieur : demandez à votre administrateur.',
  'You can call out when you are logged in and on no call, and have no wrap-up to give.':
    'Vous pouvez appeler quand vous êtes connecté, sans appel et sans motif à donner.',
  'A call out goes to a number outside, or to somebody of an organisation.':
    'Un nouvel appel va vers un numéro extérieur ou vers quelqu’un de l’organisation.',
  'So many customers are there that Asterisk has no leg left for a call out: try again in a moment.':
    'Trop de clients sont là pour un appel de plus : recommencez dans un instant.',
  'You are in {x} calls with outside already: end one first.': 'Vous avez déjà {x} appels avec l’extérieur : terminez-en un d’abord.',
  'So many calls with outside are up that there is no room for one more: try again in a moment.':
    'Trop d’appels avec l’extérieur sont en cours : recommencez dans un instant.',
  'You have called outside {x} times within the hour, which is as often as this site allows.':
    'Vous avez appelé l’extérieur {x} fois en une heure : ce site n’en permet pas plus.',
  'You have called outside {x} times within a day, which is as often as this site allows.':
    'Vous avez appelé l’extérieur {x} fois en un jour : ce site n’en permet pas plus.',
  'This site has called outside as often as it may within a day: ask your administrator.':
    'Ce site a appelé l’extérieur aussi souvent qu’il le peut en un jour : demandez à votre administrateur.',
  // Typed numbers
  'There is no digit in it: type or paste a telephone number.': 'Il n’y a aucun chiffre : tapez ou collez un numéro.',
  'It is too short: a number has 3 to 18 characters.': 'Trop court : un numéro a de 3 à 18 caractères.',
  'It is too long: a number has 3 to 18 characters. If more than one number was pasted, keep one.':
    'Trop long : un numéro a de 3 à 18 caractères. Si plusieurs numéros ont été collés, gardez-en un.',
  'No number has a colon in it: delete the colon and whatever does not belong to the number.':
    'Aucun numéro ne contient de deux-points : effacez-les, avec ce qui n’est pas du numéro.',
  'Codes with * or # are not dialled from here: type the number alone.':
    'Les codes avec * ou # ne sont pas composés d’ici : tapez le numéro seul.',
  'A + stands only once, before the country code at the very beginning: delete the other.':
    'Il n’y a qu’un seul +, tout au début, devant l’indicatif du pays : effacez l’autre.',
  'This is no telephone number: type its digits.': 'Ce n’est pas un numéro de téléphone : tapez ses chiffres.',
  'No country has this code: check the digits after the + or after the exit code.':
    'Aucun pays n’a cet indicatif : vérifiez les chiffres après le + ou le préfixe international (00).',
  'It has too few digits to be a number: check whether some are missing.': 'Trop peu de chiffres : vérifiez s’il en manque.',
  'It has too many digits to be a number: check whether an extension or a second number got into it.':
    'Trop de chiffres : vérifiez qu’un numéro interne ou un second numéro ne s’y est pas glissé.',
  'The area code is missing: type it before the number.': 'L’indicatif régional manque : tapez-le devant le numéro.',
  'It is in no known numbering plan, and this site calls verified numbers only: check the digits.':
    'Il n’est dans aucun plan connu, et ce site n’appelle que des numéros vérifiés : vérifiez les chiffres.',
  'There is no such number in {r}. If you mean {y}, type it with the + and the country code.':
    'Ce numéro n’existe pas ({r}). Si vous voulez dire {y}, tapez-le avec le + et l’indicatif du pays.',
  'There is no such number in {r}: check the digits, or type + and the country code if it is in another country.':
    'Ce numéro n’existe pas ({r}) : vérifiez les chiffres, ou tapez + et l’indicatif s’il est d’un autre pays.',
  'Satellite and other numbers that belong to no country are not called from this site: ask your administrator.':
    'Les numéros sans pays, par satellite par exemple, ne sont pas appelés d’ici : demandez à votre administrateur.',
  'Numbers in {r} are not called from this site: ask your administrator if you need to call one.':
    'Les numéros de ce pays ({r}) ne sont pas appelés d’ici : si vous en avez besoin, demandez à votre administrateur.',
  'Numbers of the type {t} are not called from this site, because of what they cost: find another number.':
    'Les numéros de ce type ({t}) ne sont pas appelés d’ici, à cause de leur prix : cherchez un autre numéro.',
  'This short code may cost extra and is not called from this site: find the ordinary number of the person you want to reach.':
    'Ce numéro court peut être surtaxé et n’est pas appelé d’ici : cherchez le numéro ordinaire.',
}

/** Types of numbers: what stands in a hole `{t}`. */
const TYPES_IN_FRENCH: Readonly<Record<string, string>> = {
  premium: 'surtaxé',
  'shared-cost': 'à coût partagé',
  personal: 'personnel',
  'toll-free': 'gratuit',
  fixed: 'fixe',
  'fixed-or-mobile': 'fixe ou mobile',
  uan: 'numéro unique',
  voicemail: 'messagerie',
  pager: 'radiomessagerie',
  voip: 'téléphonie par Internet',
}

const HOLE = /\\\{(\w)\\\}/g
const NO_BREAK = /(?<=\S) (?=[:;?!»])|(?<=«) /g

interface Pattern {
  reads: RegExp
  names: readonly string[]
  says: string
  /** How many letters of it are not a hole's. */
  fixed: number
}

let patterns: readonly Pattern[] | null = null

function made(): readonly Pattern[] {
  patterns ??= Object.entries(IN_FRENCH)
    .map(([english, french]) => {
      const names: string[] = []
      const escaped = english.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(HOLE, (_, name: string) => {
        names.push(name)
        return '(.+?)'
      })
      return { reads: new RegExp(`^${escaped}$`, 'u'), names, says: french.replace(NO_BREAK, '\u00a0'), fixed: english.length - 3 * names.length }
    })
    // What has no hole, or more words around it, is meant first.
    .sort((a, b) => Number(a.names.length > 0) - Number(b.names.length > 0) || b.fixed - a.fixed)
  return patterns
}

/** What stands in a hole: a country, a type of numbers, or what may be a sentence of its own. */
function inFrench(hole: string, words: string): string {
  if (hole === 't') return TYPES_IN_FRENCH[words] ?? words
  return hole === 'r' ? (regionName('fr', words) ?? words) : told('fr', words)
}

const known = new Map<string, string>()
const KNOWN_MAX = 500

/** A sentence of the server in the page's language; as it came where we have no other. */
export function told(language: Language, sentence: string): string {
  if (language !== 'fr' || sentence === '') return sentence
  const before = known.get(sentence)
  if (before !== undefined) return before
  let french = sentence
  for (const { reads, names, says } of made()) {
    const found = reads.exec(sentence)
    if (found === null) continue
    french = says
    names.forEach((name, index) => {
      french = french.replaceAll(`{${name}}`, () => inFrench(name, found[index + 1] ?? ''))
    })
    break
  }
  if (known.size >= KNOWN_MAX) known.clear()
  known.set(sentence, french)
  return french
}
