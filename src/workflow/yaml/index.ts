/** Reading YAML within limits; apart from the rest of the room, so that who reads no file does not load a parser. */
export { type ComposedText, composeYaml, type Offsets as YamlOffsets, type YamlDocument } from './compose.ts';
