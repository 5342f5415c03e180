// Next prerenders this page, so that only the optimistic check protects it.
export default function Page() {
  return "for members";
}
