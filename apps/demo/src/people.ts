import type { PlanCode } from './plans.ts'

/** How someone pays: what they type, and on which day, counted from the day the invoice is due. */
export type Habit = 'early' | 'on_the_day' | 'prompt' | 'late' | 'types_spaces' | 'types_phone' | 'cash' | 'pays_ahead'

/** What became of the newest invoice. */
export type Ending = 'as_ever' | 'unpaid' | 'half' | 'near_miss' | 'pays_today' | 'cancelled' | 'cancelled_owing'

export type Person = {
  readonly name: string
  readonly branch: 'NRW' | 'KSM'
  readonly plan: PlanCode
  /** Days from today to the day the newest invoice is due; below zero it was due already. */
  readonly dueIn: number
  /** Periods before that one. */
  readonly months: number
  readonly habit: Habit
  readonly ending: Ending
  readonly language?: 'sw'
  /** Another person's hand on the router, found and put right. */
  readonly drift?: true
  readonly held?: string
}

const row = (
  name: string,
  branch: Person['branch'],
  plan: PlanCode,
  dueIn: number,
  habit: Habit,
  ending: Ending = 'as_ever',
  more: Partial<Person> = {},
): Person => ({ name, branch, plan, dueIn, habit, ending, months: 3, ...more })

export const people: readonly Person[] = [
  row('Amina Wanjiru Kamau', 'NRW', 'HOME10', -6, 'prompt', 'unpaid'),
  row('Brian Otieno Odhiambo', 'KSM', 'HOME5', -12, 'early'),
  row('Cynthia Njeri Mwangi', 'NRW', 'HOME20', 12, 'prompt'),
  row('David Kiprotich Cheruiyot', 'NRW', 'BIZ50', -4, 'on_the_day', 'half'),
  row('Esther Achieng Ouma', 'KSM', 'HOME10', -6, 'late', 'near_miss'),
  row('Faith Wambui Gitau', 'NRW', 'HOME5', 18, 'types_spaces'),
  row('George Mutua Musyoka', 'NRW', 'HOME10', 3, 'early', 'unpaid'),
  row('Halima Abdi Noor', 'NRW', 'HOME20', -2, 'on_the_day', 'unpaid', { language: 'sw' }),
  row('Isaac Barasa Wekesa', 'KSM', 'HOME5', -6, 'late', 'unpaid'),
  row('Joyce Nyambura Kariuki', 'NRW', 'HOME10', 21, 'types_phone'),
  row('Kevin Omondi Okoth', 'KSM', 'HOME20', -6, 'late', 'pays_today'),
  row('Lilian Chebet Rotich', 'NRW', 'HOME10', -20, 'pays_ahead'),
  row('Moses Kimani Njoroge', 'NRW', 'HOME5', 5, 'cash', 'unpaid'),
  row('Naomi Atieno Owino', 'KSM', 'HOME10', -9, 'prompt'),
  row('Omar Hassan Ali', 'NRW', 'BIZ100', 9, 'early'),
  row('Purity Makena Muriuki', 'NRW', 'HOME10', -1, 'early', 'unpaid'),
  row('Quinter Adhiambo Onyango', 'KSM', 'HOME5', 15, 'on_the_day', 'as_ever', { drift: true }),
  row('Robert Maina Gathogo', 'NRW', 'HOME20', -6, 'late', 'pays_today'),
  row('Sarah Jepkosgei Koech', 'NRW', 'HOME10', 24, 'early'),
  row('Tom Mboya Ochieng', 'KSM', 'BIZ50', 6, 'early', 'unpaid'),
  row('Uhuru Baraka Juma', 'NRW', 'HOME5', -13, 'on_the_day', 'unpaid', { language: 'sw' }),
  row('Violet Moraa Nyaboke', 'KSM', 'HOME10', 11, 'types_spaces'),
  row('Wycliffe Simiyu Wafula', 'KSM', 'HOME5', -3, 'prompt'),
  row('Xavier Muthomi Kirimi', 'NRW', 'HOME20', 26, 'cash'),
  row('Yvonne Akinyi Were', 'KSM', 'HOME10', -6, 'late', 'pays_today'),
  row('Zipporah Kerubo Ogeto', 'KSM', 'HOME5', 2, 'prompt', 'unpaid'),
  row('Abdul Karim Said', 'NRW', 'HOME10', -15, 'early'),
  row('Beatrice Wangari Muthoni', 'NRW', 'HOME5', -11, 'on_the_day', 'cancelled'),
  row('Charles Ndungu Waweru', 'NRW', 'BIZ50', 14, 'cash', 'as_ever', { drift: true }),
  row('Diana Chelangat Langat', 'NRW', 'HOME20', 7, 'early', 'as_ever', { months: 2 }),
  row('Edwin Ouko Nyongesa', 'KSM', 'HOME10', -17, 'prompt', 'as_ever', { months: 1 }),
  row('Florence Awuor Oduor', 'KSM', 'HOME5', -8, 'early', 'near_miss'),
  row('Gideon Kiplagat Bett', 'NRW', 'HOME10', 19, 'early', 'as_ever', { months: 1 }),
  row('Hellen Kwamboka Momanyi', 'KSM', 'HOME20', -10, 'types_phone'),
  row('Ibrahim Yusuf Farah', 'NRW', 'HOME5', -18, 'pays_ahead'),
  row('Jackline Nduta Karanja', 'NRW', 'HOME10', -6, 'late', 'cancelled_owing'),
  row('Kennedy Owuor Ochola', 'KSM', 'HOME10', 16, 'on_the_day', 'as_ever', { months: 2 }),
  row('Lucy Mumbi Thuo', 'NRW', 'HOME5', 4, 'prompt', 'unpaid', { months: 0 }),
  row('Musa Lokwang Ekai', 'NRW', 'HOME20', -5, 'early', 'as_ever', { held: 'asked to pause while travelling' }),
  row('Nancy Jerono Kosgei', 'KSM', 'BIZ100', -14, 'on_the_day'),
]
