/** Stands in for what a library would load and the studio never uses. */
export default undefined;
