/** When each minor version of the API appeared; all of them answer under one path. */
const appeared = [
  '2016-12-11', '2018-04-20', '2018-07-31', '2018-12-18', '2018-12-19', '2019-01-21', '2019-01-25', '2018-01-25', '2019-02-12', '2019-03-04',
  '2019-03-05', '2019-06-24', '2019-09-11', '2019-09-13', '2019-11-10', '2020-03-10', '2020-03-15', '2020-04-29', '2020-04-29', '2020-05-12',
  '2020-08-02', '2020-09-03', '2020-09-04', '2020-09-07', '2020-10-15', '2021-10-02', '2022-08-29', '2023-05-05', '2023-11-08', '2024-10-15',
  '2025-02-26',
] as const;

/** The version document's list. */
export function versions(baseUrl: string): Record<string, unknown>[] {
  return appeared.map((day, minor) => ({
    id: `v2.${minor}`,
    status: minor === appeared.length - 1 ? 'CURRENT' : 'SUPPORTED',
    updated: `${day}T00:00:00Z`,
    links: [{ href: `${baseUrl}/v2`, rel: 'self' }],
  }));
}
