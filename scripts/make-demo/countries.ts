/** The countries of Online Retail that the demo takes customers from, as that set writes them, with a likely locale. */
export const LOCALES: Readonly<Record<string, string>> = {
  'United Kingdom': 'en-GB',
  Australia: 'en-AU',
  Austria: 'de-AT',
  Belgium: 'fr-BE',
  Canada: 'en-CA',
  'Channel Islands': 'en-GB',
  Cyprus: 'el-CY',
  Denmark: 'da-DK',
  EIRE: 'en-IE',
  Finland: 'fi-FI',
  France: 'fr-FR',
  Germany: 'de-DE',
  Iceland: 'is-IS',
  Italy: 'it-IT',
  Japan: 'ja-JP',
  Lithuania: 'lt-LT',
  Malta: 'en-MT',
  Netherlands: 'nl-NL',
  Norway: 'nb-NO',
  Poland: 'pl-PL',
  Portugal: 'pt-PT',
  Singapore: 'en-SG',
  Spain: 'es-ES',
  Sweden: 'sv-SE',
  Switzerland: 'de-CH',
}

/** The name that people use, where the data writes another. */
export function countryName(country: string): string {
  return country === 'EIRE' ? 'Ireland' : country
}
