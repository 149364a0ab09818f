export const pngInfo = {
  title: 'PNG info',
};
