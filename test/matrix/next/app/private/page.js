// Next prerenders this page, so that only the middleware protects it.
export default function Page() {
  return "for members";
}
