// Which page is shown: the address says it, so that it can be kept, shared and left by going back.
export type PlaceName = 'now' | 'safety';

const read = (): PlaceName => (location.hash === '#safety' ? 'safety' : 'now');

class Place {
    name = $state<PlaceName>(read());

    constructor() {
        window.addEventListener('hashchange', () => {
            this.name = read();
            window.scrollTo(0, 0);
        });
    }
}

export const place = new Place();
