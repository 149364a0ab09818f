declare module 'virtual:tag-dictionary' {
  const packed: import('./dictionary').PackedDictionary;
  export default packed;
}
