/** Words of prompts: completing, weighting, moving and colouring them. Pure: what is needed is passed in. */
export {
  type CompletionOptions,
  type Network,
  type Proposal,
  type Suggestion,
  type SuggestionCategory,
  type Vocabulary,
  propose,
} from './completion';
export { type PackedDictionary, unpackDictionary } from './dictionary';
export { type Category, type Tag, tagName } from './tag';
export { type TagFile, largestTagFile, parseTagFile } from './tag-csv';
export { type FoundTag, type Match, TagIndex } from './tag-index';
export {
  type HighlightOptions,
  type KnownNames,
  type Segment,
  type SegmentKind,
  highlight,
} from './highlight';
export type { MarkedText } from './marked-text';
export { moveTag } from './move-keys';
export { type WeightSteps, weightKey } from './weight-keys';
