export const create = {
  title: 'Create',
};
