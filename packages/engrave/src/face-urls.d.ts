/** Addresses of Onest's files, as the bundler lays them. */
declare module "@fontsource/onest/files/*?url" {
  const url: string;
  export default url;
}
