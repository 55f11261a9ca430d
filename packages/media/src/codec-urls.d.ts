/** Addresses of the encoders' `.wasm` files, as the bundler lays them. */
declare module "codec:*?url" {
  const url: string;
  export default url;
}
